"""The function that stores paid results the table could not take."""

"""What every posted selfie carries beside its pixels, and no output may hold."""

from typing import Final

FILE_NAME: Final = "canary-file-name-of-a-person.jpg"
EXIF_TEXT: Final = "canary exif text of a person"

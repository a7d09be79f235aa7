"""The stack in the emulator: deployed with the CDK, read back, observed."""

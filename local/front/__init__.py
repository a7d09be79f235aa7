"""API Gateway's part on this machine, as AWS documents it (docs/adr/0018).

The emulator has an API Gateway of its own, which answers what AWS would refuse. So the functions
are invoked by this one, which takes everything it does from the template that was deployed.
"""

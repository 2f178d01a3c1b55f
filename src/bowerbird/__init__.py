"""What every part of Bowerbird shares: messages, ports, errors and the adapters behind the ports."""

__version__ = "0.1.0"

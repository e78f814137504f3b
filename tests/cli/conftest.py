from .fixtures import empty, firm_installation, with_firm

__all__ = ["empty", "firm_installation", "with_firm"]

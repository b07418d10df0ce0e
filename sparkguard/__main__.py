"""`python -m sparkguard`, which imports nothing from the working directory: it may be hostile."""

import sys

if __name__ == "__main__":
    if not getattr(sys.flags, "safe_path", False):
        del sys.path[0]
    from sparkguard.cli import main

    sys.exit(main())

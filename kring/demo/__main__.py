"""`python -m kring.demo`: what `make demo` runs."""

import sys

from kring.demo.launcher import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What everything costs, measured on the code as people have it: pip compiles what it installs, but not a checkout.

Where Python is told not to write bytecode, each start would compile it all anew: half a second that nobody else has.
"""

import compileall
from pathlib import Path

import corsinspect

compileall.compile_dir(Path(corsinspect.__file__).parent, quiet=2)

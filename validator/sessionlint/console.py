"""Windows' consoles, which obey ANSI's sequences only once they are asked to."""

import sys
from typing import Final, TextIO

_ENABLE_VIRTUAL_TERMINAL_PROCESSING: Final = 4


def obey_sequences(stream: TextIO) -> None:
    """Asks the console that a stream writes to, if it is one, to show colours rather than their sequences."""
    if sys.platform == "win32":
        import ctypes
        import msvcrt

        kernel32 = ctypes.windll.kernel32
        console, mode = ctypes.c_void_p(msvcrt.get_osfhandle(stream.fileno())), ctypes.c_ulong()
        if kernel32.GetConsoleMode(console, ctypes.byref(mode)):
            kernel32.SetConsoleMode(console, mode.value | _ENABLE_VIRTUAL_TERMINAL_PROCESSING)

from tests.capture.conftest import home, proxy  # noqa: F401

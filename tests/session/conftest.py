"""Settings for the property tests of this folder."""

from hypothesis import HealthCheck, settings

# On a busy machine neither an example's time nor the time to make one says anything about the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

"""Calls of Python and of numpy whose answer is another one each time."""

from __future__ import annotations

_RANDOM = (
    "betavariate choice choices expovariate gammavariate gauss getrandbits lognormvariate "
    "normalvariate paretovariate randbytes randint random randrange sample shuffle triangular "
    "uniform vonmisesvariate weibullvariate"
)
_NUMPY = (
    "beta binomial choice exponential gamma lognormal multinomial normal permutation poisson rand "
    "randint randn random random_integers random_sample shuffle standard_normal uniform"
)
DRAWS = frozenset(
    {
        *(f"random.{name}" for name in _RANDOM.split()),
        *(f"numpy.random.{name}" for name in _NUMPY.split()),
        *(f"secrets.{name}" for name in ("choice", "randbelow", "token_bytes", "token_hex")),
        *("os.urandom", "uuid.uuid1", "uuid.uuid4"),
        *("time.time", "time.time_ns", "datetime.date.today"),
        *(f"datetime.datetime.{name}" for name in ("now", "today", "utcnow")),
    }
)
SEEDS = frozenset({"random.seed", "numpy.random.seed"})

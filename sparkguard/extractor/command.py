"""The words of `sparkguard extract` to the work, and the way that a stop from outside ends it."""

from __future__ import annotations

import logging
import signal
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .extractor import ImageFeatureExtractor
from .folder import Order, Outcome, extract_folder


def extract(options: Namespace, progress: Callable[[int, int, str], None]) -> Outcome:
    """Do what the options say.

    Args:
        options: Of the verb `extract`.
        progress: Is told the pictures that are done, how many there are, and the pace in words.

    Raises:
        SetupError: It cannot be done; nothing was written.
    """
    order = Order(options.images, options.out, options.master, options.remote, options.overwrite)

    def build() -> ImageFeatureExtractor:
        return ImageFeatureExtractor(
            options.model,
            options.weights,
            precision=options.precision,
            decode=options.decode,
            batch_size=options.batch_size,
        )

    logging.disable()  # py4j tells at length of a call that an interrupt ended
    with _terminated_as_interrupted():
        return extract_folder(
            order,
            build,
            lambda done, total, pace: progress(
                done, total, f"{pace:.1f} pictures/s" if done else ""
            ),
        )


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """SIGTERM, too, lets what was begun be cleared away."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

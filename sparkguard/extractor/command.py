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

    with _stopped_quietly():
        return extract_folder(
            order,
            build,
            lambda done, total, pace: progress(
                done, total, f"{pace:.1f} pictures/s" if done else ""
            ),
        )


@contextmanager
def _stopped_quietly() -> Iterator[None]:
    """SIGTERM, too, lets what was begun be cleared away, and py4j does not tell its part of it."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    logging.disable()
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
        signal.signal(signal.SIGTERM, before)

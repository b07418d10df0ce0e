"""Features of pictures on Spark: the pattern that the pages recommend, to use, to read and to copy.

Nothing here knows the linter. The folder can be copied into a project of your own under any name,
as long as the workers can import it: what they keep between tasks, they keep in these modules.
"""

from .extractor import ImageFeatureExtractor
from .requirements import SetupError

__all__ = ["ImageFeatureExtractor", "SetupError"]

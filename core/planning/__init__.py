"""The rule-based planner: a brief becomes a feature model, seven roles derive the plan from it.

Pure and deterministic: no clock, no chance, no ids of a database, no input or output. The same
order gives the same bytes.
"""

from core.planning.model import FeatureModel
from core.planning.roles import work
from core.planning.understanding import understand

__all__ = ["FeatureModel", "understand", "work"]

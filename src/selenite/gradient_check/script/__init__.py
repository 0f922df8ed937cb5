"""A flat script, as the tutorial's article has it: checked as it was typed."""

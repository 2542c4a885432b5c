"""Speed as ratios against a limit measured in the same run; correctness is the tests' business."""

"""A second corpus of defects: a small COCO dataset of two splits, a nuScenes database, and objects of the model."""

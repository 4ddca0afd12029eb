"""What the portrait's silhouette says about it: how far inside the body a place is, and where the room behind the body can be seen."""
import numpy as np
import torch
from scipy.ndimage import distance_transform_edt, gaussian_filter

STEEP = 1.5           # logits per cell of 4 pixels across the outline
FARTHEST = 8.0        # logits
MARGIN = 2.5          # cells beside the outline from which the room is taken: strands of hair reach that far
SOFT = 1.5            # cells over which the room's flow is smoothed, so that it does not break where two sides are equally near


def targets(inside):
    """inside [128, 128], 1 where the portrait shows a body -> silhouette's logits [1, 64, 64] and the room's flow [2, 64, 64] in -1..1."""
    inside = np.asarray(inside) > 0
    depth = distance_transform_edt(inside) - distance_transform_edt(~inside)
    grown = distance_transform_edt(~inside) < MARGIN
    nearest = distance_transform_edt(grown, return_distances=False, return_indices=True)
    flow = (nearest - np.indices(inside.shape))[::-1] * (2 / len(inside))
    flow = np.stack([gaussian_filter(f, SOFT, mode="nearest") for f in flow])
    small = lambda x: torch.tensor(x.reshape(-1, 64, 2, 64, 2).mean((2, 4)), dtype=torch.float32)
    return small(np.clip((depth + .5) * STEEP, -FARTHEST, FARTHEST)[None]), small(flow)

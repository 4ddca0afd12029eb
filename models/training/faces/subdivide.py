"""One step of Catmull-Clark subdivision as a sparse matrix, so that morph targets go through the same matrix."""
import numpy as np
from scipy.sparse import csr_matrix


def catmull_clark(count, faces, face_uvs, uvs):
    """Returns (matrix [n', count], quads [q, 4], quad_uvs [q, 4], uvs'). Boundary edges stay smooth curves."""
    edges, edge_faces, corner_edges = {}, [], []
    for f, face in enumerate(faces):
        row = []
        for k, a in enumerate(face):
            key = (min(a, face[(k + 1) % len(face)]), max(a, face[(k + 1) % len(face)]))
            if key not in edges:
                edges[key] = len(edges)
                edge_faces.append([])
            edge_faces[edges[key]].append(f)
            row.append(edges[key])
        corner_edges.append(row)
    ends = np.array(list(edges))
    sizes = np.array([len(f) for f in faces])
    flat = np.concatenate([np.array(f) for f in faces])
    owner = np.repeat(np.arange(len(faces)), sizes)
    face_m = csr_matrix((1.0 / sizes[owner], (owner, flat)), (len(faces), count))
    row = np.arange(len(ends))
    mid = csr_matrix((np.full(2 * len(ends), 0.5), (np.r_[row, row], np.r_[ends[:, 0], ends[:, 1]])), (len(ends), count))
    inner = np.array([len(x) == 2 for x in edge_faces])
    pairs = np.array([x if len(x) == 2 else [0, 0] for x in edge_faces])
    of_face = csr_matrix((np.full(2 * inner.sum(), 0.5), (np.r_[row[inner], row[inner]], pairs[inner].T.ravel())),
                         (len(ends), len(faces)))
    keep = csr_matrix((np.where(inner, 0.5, 1.0), (row, row)), (len(ends), len(ends)))
    half = csr_matrix((np.where(inner, 0.5, 0.0), (row, row)), (len(ends), len(ends)))
    edge_m = keep @ mid + half @ (of_face @ face_m)

    valence = np.bincount(ends.ravel(), minlength=count).astype(float)
    border = np.zeros(count, bool)
    border[ends[~inner].ravel()] = True
    faces_at = np.bincount(flat, minlength=count).astype(float)
    vert_face = csr_matrix((1.0 / np.maximum(faces_at[flat], 1), (flat, owner)), (count, len(faces)))
    at_edge = np.r_[ends[:, 0], ends[:, 1]]
    vert_edge = csr_matrix((1.0 / np.maximum(valence[at_edge], 1), (at_edge, np.r_[row, row])), (count, len(ends)))
    n = np.maximum(valence, 3)
    free = ~border & (valence > 2)
    diag = lambda x: csr_matrix((x, (np.arange(count), np.arange(count))), (count, count))
    smooth = diag(np.where(free, 1 / n, 0)) @ (vert_face @ face_m) + diag(np.where(free, 2 / n, 0)) @ (vert_edge @ mid)
    rim = ends[~inner]
    rim_m = csr_matrix((np.full(2 * len(rim), 0.125), (np.r_[rim[:, 0], rim[:, 1]], np.r_[rim[:, 1], rim[:, 0]])), (count, count))
    rim_count = np.bincount(rim.ravel(), minlength=count)
    curve = border & (rim_count == 2)
    vert_m = smooth + diag(np.where(free, (n - 3) / n, np.where(curve, 0.75, 1.0))) + diag(curve.astype(float)) @ rim_m

    from scipy.sparse import vstack
    matrix = vstack([vert_m, edge_m, face_m]).tocsr()
    quads, quad_uvs, new_uvs = [], [], [tuple(x) for x in uvs]
    uv_edges = {}
    for f, face in enumerate(faces):
        t, size = face_uvs[f], len(face)
        new_uvs.append(tuple(np.mean([uvs[i] for i in t], 0)))
        centre = len(new_uvs) - 1
        middles = []
        for k in range(size):
            key = (min(t[k], t[(k + 1) % size]), max(t[k], t[(k + 1) % size]))
            if key not in uv_edges:
                new_uvs.append(tuple((np.asarray(uvs[key[0]]) + np.asarray(uvs[key[1]])) / 2))
                uv_edges[key] = len(new_uvs) - 1
            middles.append(uv_edges[key])
        for k in range(size):
            quads.append([face[k], count + corner_edges[f][k], count + len(ends) + f, count + corner_edges[f][k - 1]])
            quad_uvs.append([t[k], middles[k], centre, middles[k - 1]])
    return matrix, np.array(quads), np.array(quad_uvs), np.array(new_uvs)

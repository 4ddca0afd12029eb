"""The matrices of the camera and of the key lamp."""
import numpy as np

CAMERA_YAW = np.radians(6.0)      # the camera stands a little to the person's left
DISTANCE = 11.5                   # decimetres
KEY_DIR = np.array([-.50, .38, .78]) / np.linalg.norm([-.50, .38, .78])


def perspective(distance, height, near, far):
    f = 2 * distance / height
    return np.array([[f, 0, 0, 0], [0, f, 0, 0], [0, 0, -(far + near) / (far - near), -2 * far * near / (far - near)], [0, 0, -1, 0]])


def look_at(eye, target):
    z = (eye - target) / np.linalg.norm(eye - target)
    x = np.cross([0, 1, 0], z)
    x /= np.linalg.norm(x)
    m = np.eye(4)
    m[:3, :3] = np.stack([x, np.cross(z, x), z])
    m[:3, 3] = -m[:3, :3] @ eye
    return m


def parallel(eye, target, reach, depth):
    """An orthographic view of 2 * reach decimetres from `eye`, as a lamp far away sees it."""
    m = np.diag([1 / reach, 1 / reach, -1 / depth, 1.0]) @ look_at(eye, target)
    m[2, 3] += -1.0
    return m


def column(m):
    return np.ascontiguousarray(m.T, dtype=np.float32).tobytes()

"""Draws a posed head with moderngl (EGL, llvmpipe is enough): 512x512 pictures and the flow to the rest pose."""
import moderngl
import numpy as np

import shaders
from backdrop import room
from camera import CAMERA_YAW, DISTANCE, KEY_DIR, column, look_at, parallel, perspective
from head import FRAME, PARTS, Head
from lighting import hairline, light, regions
from region import SIZE
from surfaces import patches, picture_of

SHADOW = 768
STRANDS = ("hair", "brows", "lashes")
_CONTEXT = []


def shared_context():
    """One GL context for the process: objects of several looks live side by side in it."""
    if not _CONTEXT:
        _CONTEXT.append(moderngl.create_context(standalone=True, backend="egl"))
    return _CONTEXT[0]


class Renderer:
    """One look on the process's GL context. `picture(shapes, head)` returns RGB bytes [512, 512, 3]."""

    def __init__(self, name, samples=4):
        self.gl = gl = shared_context()
        self.head = head = Head(name)
        self.look = head.look
        target = np.array([0, head.top + .36 - FRAME / 2, .9])
        self.eye = target + DISTANCE * np.array([np.sin(CAMERA_YAW), .015, np.cos(CAMERA_YAW)])
        self.camera = perspective(DISTANCE, FRAME, 6, 20) @ look_at(self.eye, target)
        self.parts = {p.name: p for p in head.parts}
        self._programs()
        self.msaa = gl.simple_framebuffer((SIZE, SIZE), samples=samples)
        self.plain = gl.simple_framebuffer((SIZE, SIZE))
        self.shadow_map = gl.depth_texture((SHADOW, SHADOW))
        self.shadow_map.compare_func = "<="
        self.shadow_map.repeat_x = self.shadow_map.repeat_y = False
        self.shadow_buffer = gl.framebuffer(depth_attachment=self.shadow_map)
        self.flow_size = (SIZE // 4, SIZE // 4)
        self.flow_buffer = gl.framebuffer(gl.texture(self.flow_size, 4, dtype="f4"), gl.depth_renderbuffer(self.flow_size))
        self._buffers()
        self._lids()
        self._closed_height = np.ptp(self.part("teeth")[:, 1])

    def part(self, name, positions=None):
        p = self.parts[name]
        return (self.head.positions if positions is None else positions)[p.first:p.first + p.count]

    def _texture(self, pixels):
        kind = "f2" if pixels.dtype == np.float16 else "f1"
        texture = self.gl.texture(pixels.shape[1::-1], pixels.shape[2], np.ascontiguousarray(pixels).tobytes(), dtype=kind)
        texture.build_mipmaps()
        texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        return texture

    def _programs(self):
        gl, look = self.gl, self.look
        make = lambda fragment: gl.program(vertex_shader=shaders.VERTEX, fragment_shader=fragment)
        mouth, hair = make(shaders.MOUTH), make(shaders.HAIR)
        self.programs = {"skin": make(shaders.SKIN), "cloth": make(shaders.CLOTH), "teeth": mouth, "tongue": mouth, "eyes": make(shaders.EYES),
                         "brows": hair, "lashes": hair, "hair": hair, "flow": make(shaders.FLOW), "strand_depth": make(shaders.HAIR_DEPTH), "depth": make(shaders.DEPTH)}
        self.textures = {part: self._texture(picture_of(part, look)) for part in PARTS}
        self.tints = {"skin": look.skin_gain, "cloth": look.cloth_colour, "teeth": (.95, .88, .79), "tongue": (.90, .62, .60),
                      "eyes": (1.0,) * 3, "brows": look.brow_colour, "lashes": (.02, .014, .01), "hair": look.hair_colour}
        self.patches = self._texture(patches())
        self.back = gl.program(vertex_shader=shaders.BACKDROP_VERTEX, fragment_shader=shaders.BACKDROP)
        quad = gl.buffer(np.array([[-1, -1, -1, -1], [1, -1, 1, -1], [-1, 1, -1, 1], [1, 1, 1, 1]], "f4").tobytes())
        self.back_quad = gl.vertex_array(self.back, [(quad, "2f 2f", "corner", "place")])
        self.back_picture = self._texture(room(look.backdrop))
        self.back_picture.repeat_x = self.back_picture.repeat_y = False

    def _buffers(self):
        gl, head = self.gl, self.head
        self.moving = np.zeros((len(head.corner), 6), np.float32)
        self.buffer = gl.buffer(reserve=self.moving.nbytes, dynamic=True)
        indices = {}
        for part in head.parts:
            triangles = self._back_to_front(part) if part.name in STRANDS else part.triangles
            indices[part.name] = (gl.buffer(triangles.astype(np.int32).tobytes()), gl.buffer(part.coarse.astype(np.int32).tobytes()))
        depth = [(self.buffer, "3f 3x4", "position")]
        uvs = gl.buffer(head.uv.tobytes())
        self.arrays = {(p, "depth"): gl.vertex_array(self.programs["depth"], depth + [(uvs, "2f", "uv")], indices[p][1], skip_errors=True) for p in PARTS}
        occlusion = self._occlusion()
        rest, opened = light(head, occlusion)
        fixed = np.concatenate([head.uv, occlusion[:, None], head.rest_corners, head.normals, rest, opened, regions(head), hairline(head)[:, None]], 1)
        fixed = gl.buffer(fixed.astype(np.float32).tobytes())
        layout = [(self.buffer, "3f 3f", "position", "normal"),
                  (fixed, "2f 1f 3f 3f 3f 3f 2f 1f", "uv", "occlusion", "home", "home_normal", "rest_light", "open_light", "region", "border")]
        for part in PARTS:
            self.arrays[part, part] = gl.vertex_array(self.programs[part], layout, indices[part][0], skip_errors=True)
            if part in STRANDS:
                self.arrays[part, "strand_depth"] = gl.vertex_array(self.programs["strand_depth"], layout, indices[part][0], skip_errors=True)
            self.arrays[part, "flow"] = gl.vertex_array(self.programs["flow"], layout, indices[part][1], skip_errors=True)

    def _back_to_front(self, part):
        depth = (self.head.rest_corners[part.triangles].mean(1) - self.eye) @ (self.eye / np.linalg.norm(self.eye))
        return part.triangles[np.argsort(depth)]

    @staticmethod
    def _set(program, **values):
        for name, value in values.items():
            if name in program:
                if isinstance(value, bytes):
                    program[name].write(value)
                else:
                    program[name].value = value

    def _upload(self):
        self.moving[:, 0:3] = self.head.positions
        self.moving[:, 3:6] = self.head.normals
        self.buffer.write(self.moving)

    def _draw_depth(self, camera):
        gl = self.gl
        self.shadow_buffer.use()
        self.shadow_buffer.clear(depth=1.0)
        gl.enable_only(moderngl.DEPTH_TEST)
        for part in ("skin", "cloth", "hair"):
            self.textures[part].use(0)
            self._set(self.programs["depth"], camera=column(camera), cutoff=.5 if part == "hair" else -1.0, colour=0)
            self.arrays[part, "depth"].render()

    def _occlusion(self, directions=48):
        """Ambient occlusion per corner: the share of an upper hemisphere of directions from which it is seen."""
        head = self.head
        head.pose({"jawOpen": .25}, np.zeros(6))
        self._upload()
        centre = np.array([0, head.top - 1.6, 0])
        seen, total = np.zeros(len(head.corner)), np.full(len(head.corner), 1e-6)
        golden = np.pi * (3 - 5 ** .5)
        for k in range(directions):
            y = 1 - 2 * (k + .5) / directions
            d = np.array([np.cos(k * golden) * (1 - y * y) ** .5, y, np.sin(k * golden) * (1 - y * y) ** .5])
            m = parallel(centre + d * 8, centre, 3.2, 8.0)
            self._draw_depth(m)
            depth = np.frombuffer(self.shadow_map.read(), np.float32).reshape(SHADOW, SHADOW)
            q = head.positions @ m[:3, :3].T + m[:3, 3]
            px = np.clip(((q[:, :2] * .5 + .5) * SHADOW).astype(int), 0, SHADOW - 1)
            facing = np.clip(head.normals @ d + .15, 0, 1) * (1.0 + .5 * d[1])
            seen += facing * (q[:, 2] * .5 + .5 <= depth[px[:, 1], px[:, 0]] + .006)
            total += facing
        head.pose({}, np.zeros(6))
        return np.clip(seen / total * 1.05, 0, 1) ** .9

    def _lids(self):
        """Corners of the skin on the middle of each upper and lower lid's margin: (upper left, right, lower left, right)."""
        skin, eyes = self.part("skin"), self.part("eyes")
        self.left = self.part("eyes", self.head.rest_corners)[:, 0] > 0
        upper, lower = [], []
        for half in (eyes[self.left], eyes[~self.left]):
            centre, radius = self._centre(half), np.ptp(half[:, 1]) / 2
            near = (np.abs(skin[:, 0] - centre[0]) < .35 * radius) & (skin[:, 2] > centre[2] + .4 * radius) & (np.abs(skin[:, 1] - centre[1]) < 1.3 * radius)
            ids = np.where(near)[0]
            above = ids[skin[ids, 1] > centre[1]]
            below = ids[skin[ids, 1] <= centre[1]]
            upper.append(above[np.argsort(skin[above, 1])[:3]])
            lower.append(below[np.argsort(-skin[below, 1])[:3]])
        self.lids = upper + lower

    @staticmethod
    def _centre(half):
        return (half.max(0) + half.min(0)) / 2

    def _mouth(self):
        """Depth of the front teeth and how far the jaw is open, 0 to 1: how much light gets into the mouth."""
        teeth = self.part("teeth")
        height = np.ptp(teeth[:, 1])
        return float(np.partition(teeth[:, 2], -200)[-200]), float(np.clip((height - self._closed_height) / .16, 0, 1))

    def picture(self, shapes, pose=(0,) * 6):
        gl = self.gl
        self.head.pose(shapes, np.asarray(pose, float))
        self._upload()
        gl.depth_func = "<="
        self.msaa.use()
        self.msaa.clear(.3, .3, .3, depth=1.0)
        gl.disable(moderngl.DEPTH_TEST)
        self.back_picture.use(0)
        self.back["picture"].value = 0
        self.back_quad.render(moderngl.TRIANGLE_STRIP)
        self.patches.use(1)
        eyes, skin, look = self.part("eyes"), self.part("skin"), self.look
        depth, opening = self._mouth()
        common = dict(camera=column(self.camera), eye=tuple(self.eye), key_dir=tuple(KEY_DIR), colour=0, patches=1,
                      opened=self.head.opened(), gloss_gain=look.gloss, scalp=look.hair_colour, saturation=look.skin_colour, iris=look.iris, strand=look.strand,
                      centres=[tuple(self._centre(eyes[m])) for m in (self.left, ~self.left)],
                      lids=tuple(float(skin[ids, 1].mean()) for ids in self.lids), mouth_depth=depth, opening=opening)
        self._draw_strands(common, depth_only=True)       # first, so that nothing is shaded under opaque hair or cloth
        for part in ("cloth", "skin", "eyes", "teeth", "tongue"):
            self.textures[part].use(0)
            self._set(self.programs[part], tint=self.tints[part], cutoff=.3 if part in ("teeth", "cloth") else -1.0,
                      gloss=1.0 if part == "teeth" else .4, **common)
            gl.enable_only(moderngl.DEPTH_TEST | (moderngl.CULL_FACE if part != "tongue" else 0))
            self.arrays[part, part].render()
        self._draw_strands(common)
        gl.copy_framebuffer(self.plain, self.msaa)
        return np.frombuffer(self.plain.read(components=3), np.uint8).reshape(SIZE, SIZE, 3)[::-1]

    def _draw_strands(self, common, depth_only=False):
        """Hair, brows and lashes: the opaque strands' depth alone, or all of them blended from back to front."""
        gl = self.gl
        gl.enable_only(moderngl.DEPTH_TEST if depth_only else moderngl.DEPTH_TEST | moderngl.BLEND)
        gl.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
        self.msaa.color_mask = (not depth_only,) * 4
        self.msaa.depth_mask = depth_only
        for part in STRANDS:
            kind = "strand_depth" if depth_only else part
            self.textures[part].use(0)
            self._set(self.programs[kind], tint=self.tints[part], cutoff=.72 if part == "hair" else .95, wisps=float(part == "hair"),
                      opacity={"lashes": self.look.lash_opacity, "brows": .85}.get(part, 1.0), **common)
            self.arrays[part, kind].render()
        self.msaa.color_mask = (True,) * 4
        self.msaa.depth_mask = True

    def flow(self):
        """For the pose just drawn, per 4x4 pixels: rest-pose position in the picture (x, y in -1..1, y down), 1 where a body is."""
        gl = self.gl
        self.flow_buffer.use()
        self.flow_buffer.clear(0, 0, 0, 0, depth=1.0)
        gl.enable_only(moderngl.DEPTH_TEST)
        self._set(self.programs["flow"], camera=column(self.camera), colour=0)
        for part in ("skin", "cloth", "eyes", "teeth", "tongue", "hair"):
            self.textures[part].use(0)
            self._set(self.programs["flow"], cutoff=.5 if part == "hair" else .3 if part == "teeth" else -1.0)
            self.arrays[part, "flow"].render()
        raw = np.frombuffer(self.flow_buffer.read(components=4, dtype="f4"), np.float32).reshape(self.flow_size[1], self.flow_size[0], 4)[::-1]
        out = raw[..., :3].copy()
        out[..., 1] *= -1
        return out

"""Draws a posed head with moderngl (EGL, llvmpipe is enough): 512x512 pictures and the flow to the rest pose."""
import moderngl
import numpy as np
from PIL import Image

import makehuman as mh
import shaders
from backdrop import room
from head import FRAME, Head
from region import HEIGHT, LEFT, SIZE, TOP, WIDTH

SHADOW = 768
KEY_DIR = np.array([-.46, .42, .78]) / np.linalg.norm([-.46, .42, .78])
CAMERA_YAW = np.radians(6.0)
STRIDE = 12 * 4


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


def column(m):
    return np.ascontiguousarray(m.T, dtype=np.float32).tobytes()


_CONTEXT = []


def shared_context():
    """One GL context for the process: objects of several looks live side by side in it."""
    if not _CONTEXT:
        _CONTEXT.append(moderngl.create_context(standalone=True, backend="egl"))
    return _CONTEXT[0]


class Renderer:
    """One look on one GL context. `picture(shapes, head)` returns RGB bytes: [512, 512, 3], or the moving part alone."""

    def __init__(self, name, samples=4, moving_only=False):
        self.window = (LEFT, TOP, WIDTH, HEIGHT) if moving_only else (0, 0, SIZE, SIZE)
        self.gl = gl = shared_context()
        self.head = head = Head(name)
        self.look = head.look
        target = np.array([0, head.top + .36 - FRAME / 2, .9])
        distance = 11.5
        self.eye = target + distance * np.array([np.sin(CAMERA_YAW), .015, np.cos(CAMERA_YAW)])
        self.camera = perspective(distance, FRAME, 6, 20) @ look_at(self.eye, target)
        x, y, w, h = self.window
        self.full_camera = self.camera
        to_window = np.diag([SIZE / w, SIZE / h, 1.0, 1.0])
        to_window[0, 3] = -(2 * x + w - SIZE) / w
        to_window[1, 3] = (2 * y + h - SIZE) / h
        self.camera = to_window @ self.camera
        face = np.array([0, head.top - 1.3, .6])
        reach = 2.6
        ortho = np.diag([1 / reach, 1 / reach, -1 / 6.0, 1.0])
        self.light = ortho @ look_at(face + KEY_DIR * 6, face)
        self.light[2, 3] += -1.0
        self._programs(gl)
        self._buffers(gl)
        self.msaa = gl.simple_framebuffer((w, h), samples=samples)
        self.plain = gl.simple_framebuffer((w, h))
        self.shadow_map = gl.depth_texture((SHADOW, SHADOW))
        self.shadow_map.compare_func = "<="
        self.shadow_map.repeat_x = self.shadow_map.repeat_y = False
        self.shadow_buffer = gl.framebuffer(depth_attachment=self.shadow_map)
        self.flow_size = (w // 4, h // 4)
        self.flow_buffer = gl.framebuffer(gl.texture(self.flow_size, 4, dtype="f4"), gl.depth_renderbuffer(self.flow_size))
        self._bake_occlusion()

    def _texture(self, path=None, pixels=None):
        if path is not None:
            image = Image.open(path).convert("RGBA").transpose(Image.FLIP_TOP_BOTTOM)
            if image.width > 1024 and "skins" not in str(path):
                image = image.resize((1024, 1024), Image.LANCZOS)
            pixels = np.asarray(image)
        texture = self.gl.texture(pixels.shape[1::-1], pixels.shape[2], np.ascontiguousarray(pixels).tobytes())
        texture.build_mipmaps()
        texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        return texture

    def _programs(self, gl):
        make = lambda fragment: gl.program(vertex_shader=shaders.VERTEX, fragment_shader=fragment)
        mouth = make(shaders.MOUTH)
        hair = make(shaders.HAIR)
        self.programs = {"skin": make(shaders.SKIN), "cloth": make(shaders.CLOTH), "teeth": mouth, "tongue": mouth, "eyes": make(shaders.EYES),
                         "brows": hair, "lashes": hair, "hair": hair, "flow": make(shaders.FLOW), "depth": make(shaders.DEPTH)}
        look, kit = self.look, mh.KIT
        png = lambda folder, name: next(p for p in (kit / folder / f"{name}{e}" for e in ("_diffuse.png", "_diffuse.jpg", ".png", ".jpg")) if p.exists())
        paths = {"skin": kit / f"skins/{look.skin}.jpg", "cloth": png("clothes", look.cloth), "teeth": kit / "teeth/teeth.png",
                 "tongue": png("tongue", "tongue01"), "eyes": kit / f"eyes/{look.eye}_eye.png", "brows": png("eyebrows", look.brow),
                 "lashes": png("eyelashes", look.lash), "hair": png("hair", look.hair)}
        self.textures = {part: self._texture(path) for part, path in paths.items()}
        gain = (look.skin_gain,) * 3
        brow = tuple(.9 * c + .10 for c in look.hair_colour)
        self.tints = {"skin": gain, "cloth": look.cloth_colour, "teeth": (.92, .89, .84), "tongue": (.95, .72, .70), "eyes": (.95,) * 3,
                      "brows": brow, "lashes": (.12, .10, .09), "hair": look.hair_colour}
        self.back = gl.program(vertex_shader=shaders.BACKDROP_VERTEX, fragment_shader=shaders.BACKDROP)
        x, y, w, h = self.window
        left, right = 2 * x / SIZE - 1, 2 * (x + w) / SIZE - 1
        top, bottom = 1 - 2 * y / SIZE, 1 - 2 * (y + h) / SIZE
        quad = gl.buffer(np.array([[-1, -1, left, bottom], [1, -1, right, bottom], [-1, 1, left, top], [1, 1, right, top]], "f4").tobytes())
        self.back_quad = gl.vertex_array(self.back, [(quad, "2f 2f", "corner", "place")])
        self.back_picture = self._texture(pixels=room(look.backdrop))

    def _buffers(self, gl):
        head = self.head
        self.vertices = np.zeros((len(head.corner), 12), np.float32)
        self.vertices[:, 6:8] = head.uv
        self.vertices[:, 8] = 1
        self.vertices[:, 9:12] = head.rest_corners
        self.buffer = gl.buffer(reserve=self.vertices.nbytes, dynamic=True)
        self.arrays = {}
        for part in head.parts:
            triangles = self._back_to_front(part) if part.name in ("hair", "brows", "lashes") else part.triangles
            index = gl.buffer(triangles.astype(np.int32).tobytes())
            coarse = gl.buffer(part.coarse.astype(np.int32).tobytes())
            layout = [(self.buffer, "3f 3f 2f 1f 3f", "position", "normal", "uv", "occlusion", "home")]
            for kind in {part.name, "flow", "depth"}:
                self.arrays[part.name, kind] = gl.vertex_array(
                    self.programs[kind], layout, index if kind == part.name else coarse, skip_errors=True)

    def _back_to_front(self, part):
        depth = (self.head.rest_corners[part.triangles].mean(1) - self.eye) @ (self.eye / np.linalg.norm(self.eye))
        return part.triangles[np.argsort(depth)]

    def _set(self, program, **values):
        for name, value in values.items():
            if name in program:
                if isinstance(value, bytes):
                    program[name].write(value)
                else:
                    program[name].value = value

    def _upload(self):
        self.vertices[:, 0:3] = self.head.positions
        self.vertices[:, 3:6] = self.head.normals
        self.buffer.write(self.vertices.tobytes())

    def _cast_shadows(self, camera=None):
        gl = self.gl
        self.shadow_buffer.use()
        self.shadow_buffer.clear(depth=1.0)
        gl.enable_only(moderngl.DEPTH_TEST)
        for part in ("skin", "cloth", "hair"):
            self.textures[part].use(0)
            self._set(self.programs["depth"], camera=column(self.light if camera is None else camera), cutoff=.5 if part == "hair" else -1.0, colour=0)
            self.arrays[part, "depth"].render()

    def _bake_occlusion(self, directions=48):
        """Ambient occlusion per vertex: the share of an upper hemisphere of directions from which it is seen."""
        head = self.head
        head.pose({"jawOpen": .25}, np.zeros(6))
        self._upload()
        centre = np.array([0, head.top - 1.6, 0])
        seen, total = np.zeros(len(head.corner)), np.full(len(head.corner), 1e-6)
        golden = np.pi * (3 - 5 ** .5)
        for k in range(directions):
            y = 1 - 2 * (k + .5) / directions
            d = np.array([np.cos(k * golden) * (1 - y * y) ** .5, y, np.sin(k * golden) * (1 - y * y) ** .5])
            m = np.diag([1 / 3.2, 1 / 3.2, -1 / 8.0, 1.0]) @ look_at(centre + d * 8, centre)
            m[2, 3] += -1.0
            self._cast_shadows(m)
            depth = np.frombuffer(self.shadow_map.read(), np.float32).reshape(SHADOW, SHADOW)
            q = head.positions @ m[:3, :3].T + m[:3, 3]
            px = np.clip(((q[:, :2] * .5 + .5) * SHADOW).astype(int), 0, SHADOW - 1)
            facing = np.clip(head.normals @ d + .15, 0, 1) * (1.0 + .5 * d[1])
            seen += facing * (q[:, 2] * .5 + .5 <= depth[px[:, 1], px[:, 0]] + .006)
            total += facing
        self.vertices[:, 8] = np.clip(seen / total * 1.05, 0, 1) ** .9
        head.pose({}, np.zeros(6))

    def picture(self, shapes, pose=(0,) * 6):
        gl = self.gl
        self.head.pose(shapes, np.asarray(pose, float))
        self._upload()
        self._cast_shadows()
        self.msaa.use()
        self.msaa.clear(.3, .3, .3, depth=1.0)
        gl.disable(moderngl.DEPTH_TEST)
        self.back_picture.use(0)
        self.back["picture"].value = 0
        self.back_quad.render(moderngl.TRIANGLE_STRIP)
        gl.enable_only(moderngl.DEPTH_TEST)
        self.shadow_map.use(1)
        eyes = self._part("eyes")
        left = self._part("eyes", self.head.rest_corners)[:, 0] > 0
        lips = self._lip_line()
        common = dict(camera=column(self.camera), light=column(self.light), eye=tuple(self.eye), key_dir=tuple(KEY_DIR), colour=0, shadow=1)
        for part in ("skin", "cloth", "eyes", "teeth", "tongue"):
            program = self.programs[part]
            self.textures[part].use(0)
            self._set(program, tint=self.tints[part], cutoff=.3 if part in ("teeth", "cloth") else -1.0, **common)
            if part == "eyes":
                self._set(program, centres=[tuple(self._eye_centre(eyes[m])) for m in (left, ~left)], radius=.12)
            if part in ("teeth", "tongue"):
                self._set(program, mouth_depth=lips[0], opening=lips[1], gloss=1.2 if part == "teeth" else .5)
            gl.enable_only(moderngl.DEPTH_TEST | (moderngl.CULL_FACE if part != "tongue" else 0))
            self.arrays[part, part].render()
        for above in (1.0, 0.0):
            gl.enable_only(moderngl.DEPTH_TEST | moderngl.BLEND)
            gl.blend_func = moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA
            self.msaa.depth_mask = bool(above)
            for part in ("hair", "brows", "lashes"):
                self.textures[part].use(0)
                self._set(self.programs[part], tint=self.tints[part], cutoff=.62 if part == "hair" else .9, above=above,
                          opacity=.55 if part == "lashes" and self.look.sex == "male" else .9 if part == "brows" else 1.0, **common)
                self.arrays[part, part].render()
        self.msaa.depth_mask = True
        gl.copy_framebuffer(self.plain, self.msaa)
        return np.frombuffer(self.plain.read(components=3), np.uint8).reshape(self.window[3], self.window[2], 3)[::-1]

    def flow(self):
        """For the pose just drawn, per 4x4 pixels: rest-pose position in the window (x, y in -1..1, y down), 1 where a body is."""
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

    def _part(self, name, positions=None):
        part = next(p for p in self.head.parts if p.name == name)
        return (self.head.positions if positions is None else positions)[part.first:part.first + part.count]

    @staticmethod
    def _eye_centre(half):
        return (half.max(0) + half.min(0)) / 2

    def _lip_line(self):
        """Depth of the front teeth and how far the jaw is open, 0 to 1: how much light gets into the mouth."""
        teeth = self._part("teeth")
        height = np.ptp(teeth[:, 1])
        if not hasattr(self, "_closed_height"):
            self._closed_height = height
        return float(np.partition(teeth[:, 2], -200)[-200]), float(np.clip((height - self._closed_height) / .16, 0, 1))

"""GLSL of the renderer. All light is computed in linear RGB and tone-mapped once, at the end."""

VERTEX = """#version 330
uniform mat4 camera; uniform mat4 light;
in vec3 position; in vec3 normal; in vec2 uv; in float occlusion; in vec3 home;
out vec3 P; out vec3 N; out vec2 T; out float AO; out vec4 L; out vec3 H;
void main() {
  P = position; N = normal; T = uv; AO = occlusion; H = home;
  L = light * vec4(position, 1); gl_Position = camera * vec4(position, 1);
}"""

# Where each visible point stood in the rest pose, as picture coordinates: the flow the decoder learns to follow.
FLOW = """#version 330
uniform mat4 camera; uniform sampler2D colour; uniform float cutoff;
in vec3 P; in vec3 N; in vec2 T; in float AO; in vec4 L; in vec3 H; out vec4 o;
void main() {
  if (texture(colour, T).a < cutoff) discard;
  vec4 q = camera * vec4(H, 1); o = vec4(q.xy / q.w, 1, 1);
}"""

DEPTH = """#version 330
uniform sampler2D colour; uniform float cutoff;
in vec3 P; in vec3 N; in vec2 T; in float AO; in vec4 L; in vec3 H;
void main() { if (texture(colour, T).a < cutoff) discard; }"""

BACKDROP_VERTEX = """#version 330
in vec2 corner; in vec2 place; out vec2 T; void main() { T = place * .5 + .5; gl_Position = vec4(corner, .9999, 1); }"""
BACKDROP = """#version 330
uniform sampler2D picture; in vec2 T; out vec4 o; void main() { o = vec4(texture(picture, T).rgb, 1); }"""

COMMON = """#version 330
uniform vec3 eye; uniform sampler2D colour; uniform sampler2DShadow shadow; uniform vec3 tint; uniform float cutoff; uniform float above;
uniform vec3 key_dir; uniform float opacity;
in vec3 P; in vec3 N; in vec2 T; in float AO; in vec4 L; in vec3 H; out vec4 o;
const vec3 KEY = vec3(1.0, .955, .90), FILL = vec3(.90, .95, 1.0), RIM = vec3(.95, .97, 1.0);
const vec3 FILL_DIR = normalize(vec3(.80, .12, .62)), RIM_R = normalize(vec3(.62, .35, -.72)), RIM_L = normalize(vec3(-.72, .30, -.66));
vec3 linear(vec3 c) { return pow(c, vec3(2.2)); }
vec3 tone(vec3 c) { c = max(c, 0.) * 1.06; c = (c * (2.51 * c + .10)) / (c * (2.23 * c + .62) + .13); return pow(clamp(c, 0., 1.), vec3(1. / 2.2)); }
float lit() {
  vec3 q = L.xyz / L.w * .5 + .5; if (any(greaterThan(abs(q.xy - .5), vec2(.49)))) return 1.;
  float s = 0.; float r = 1.5 / 768.;
  for (int i = -1; i <= 1; i += 2) for (int j = -1; j <= 1; j += 2)
    s += texture(shadow, vec3(q.xy + vec2(i, j) * r, q.z - .0022));
  return s / 4.;
}
float ggx(vec3 n, vec3 v, vec3 l, float rough) {
  vec3 h = normalize(v + l); float a = rough * rough, nh = max(dot(n, h), 0.), nl = max(dot(n, l), 0.), nv = max(dot(n, v), .05);
  float d = a * a / (3.1416 * pow(nh * nh * (a * a - 1.) + 1., 2.)); float k = a * .5;
  float g = nl / (nl * (1. - k) + k) / (nv * (1. - k) + k); float f = .035 + .965 * pow(1. - max(dot(v, h), 0.), 5.);
  return d * g * f * .25;
}
vec3 ambient(vec3 n) { return mix(vec3(.36, .31, .28), vec3(.46, .51, .58), n.y * .5 + .5) * .50; }
"""

SKIN = COMMON + """
float wrap(float d, float w) { return max(0., (d + w) / ((1. + w) * (1. + w))); }
void main() {
  vec3 tex = texture(colour, T).rgb; vec3 n = normalize(N), v = normalize(eye - P);
  float grey = dot(tex, vec3(.33)); vec3 dx = dFdx(P), dy = dFdy(P);              // pores from the map's own brightness
  float hx = dFdx(grey), hy = dFdy(grey); vec3 r1 = cross(dy, n), r2 = cross(n, dx); float det = dot(dx, r1);
  vec3 grad = sign(det) * (hx * r1 + hy * r2); vec3 b = normalize(abs(det) * n - .040 * grad);
  float redness = (tex.r - tex.g) / max(tex.r, .01), lips = clamp((redness - .46) * 6., 0., 1.);
  vec3 a = linear(tex); a = mix(vec3(dot(a, vec3(.3, .5, .2))), a, 1.12) * tint; float s = lit(); float d = dot(b, key_dir);
  vec3 w = vec3(.42, .20, .14);                                                  // red light travels farthest under the skin
  vec3 soft = vec3(wrap(d, w.r), wrap(d, w.g), wrap(d, w.b));
  vec3 shade = mix(vec3(.10, .035, .02) , vec3(1), vec3(s)) ; shade = mix(shade, vec3(s), .25);
  vec3 ao = pow(vec3(AO), vec3(.75, 1.0, 1.1));
  vec3 c = a * (KEY * 1.06 * soft * shade + FILL * .34 * ao * wrap(dot(b, FILL_DIR), .3) + ambient(b) * .72 * ao
     + RIM * ao * (.30 * max(dot(n, RIM_R), 0.) + .22 * max(dot(n, RIM_L), 0.)));
  float rough = mix(.50, .34, lips); float spec = mix(.85, 1.25, lips);
  c += KEY * 1.5 * s * spec * ggx(b, v, key_dir, rough) + FILL * .35 * ao.g * ggx(b, v, FILL_DIR, rough);
  float rim = pow(1. - max(dot(n, v), 0.), 4.); c += ao.g * rim * .10 * RIM;
  o = vec4(tone(c), 1);
}"""

CLOTH = COMMON + """
void main() {
  vec4 t = texture(colour, T); if (t.a < cutoff) discard; vec3 n = normalize(N); if (dot(n, eye - P) < 0.) n = -n; float s = lit();
  vec3 a = linear(t.rgb) * tint;
  vec3 c = a * (KEY * 1.25 * max(dot(n, key_dir), 0.) * s + FILL * .35 * AO * max(dot(n, FILL_DIR) * .8 + .2, 0.) + ambient(n) * .8 * AO
     + RIM * (.3 * max(dot(n, RIM_R), 0.) + .2 * max(dot(n, RIM_L), 0.)));
  float sheen = pow(1. - max(dot(n, normalize(eye - P)), 0.), 3.); c += a * sheen * .35 * AO;
  o = vec4(tone(c), 1);
}"""

EYES = COMMON + """
uniform vec3 centres[2]; uniform float radius;
void main() {
  vec4 t = texture(colour, T); if (t.a < .3) discard;                            // the cornea's own shell is drawn as a highlight below
  vec3 c0 = P.x > 0. ? centres[0] : centres[1]; vec3 n = normalize(P - c0), v = normalize(eye - P);
  float s = mix(.55, 1., lit()); vec3 a = linear(t.rgb); a = mix(vec3(dot(a, vec3(.33))), a, .62) * tint;
  float socket = clamp(AO * 1.25, 0., 1.); socket *= socket;
  vec3 c = a * (KEY * 1.05 * s * max(dot(n, key_dir) * .7 + .3, 0.) + FILL * .3 * max(dot(n, FILL_DIR) * .7 + .3, 0.) + ambient(n) * .8) * mix(.35, 1., socket);
  vec3 r = reflect(-v, n); float spark = smoothstep(.955, .985, dot(r, normalize(vec3(-.42, .52, .74))));
  c += KEY * spark * 1.5 * socket; c += FILL * .10 * smoothstep(.8, .95, dot(r, FILL_DIR)) * socket;
  o = vec4(tone(c), 1);
}"""

MOUTH = COMMON + """
uniform float mouth_depth; uniform float gloss; uniform float opening;
void main() {
  vec4 t = texture(colour, T); if (t.a < cutoff) discard; vec3 n = normalize(N), v = normalize(eye - P); if (dot(n, v) < 0.) n = -n;
  vec3 a = linear(t.rgb) * tint;
  float depth = clamp((mouth_depth - P.z) / .30, 0., 1.);                         // light falls off quickly behind the lips
  float light = mix(1., .05, pow(depth, .8)) * mix(.22, 1., smoothstep(0., .6, opening));
  vec3 c = a * light * (KEY * 1.35 * max(dot(n, key_dir) * .6 + .4, 0.) + FILL * .5 + ambient(n));
  c += gloss * light * KEY * (ggx(n, v, normalize(key_dir + vec3(0, -.2, .5)), .28));
  o = vec4(tone(c), 1);
}"""

HAIR = COMMON + """
void main() {
  vec4 t = texture(colour, T); float alpha = t.a;
  if (above > 0. ? alpha < cutoff : (alpha >= cutoff || alpha < .03)) discard;
  vec3 n = normalize(N), v = normalize(eye - P); if (dot(n, v) < 0.) n = -n;
  vec3 strand = normalize(cross(n, vec3(1, .15, .1))); strand = normalize(mix(strand, vec3(0, -1, 0), .35));
  float s = mix(.30, 1., lit()); vec3 a = linear(t.rgb) * tint;
  float d = max(dot(n, key_dir) * .6 + .4, 0.);
  vec3 h = normalize(key_dir + v); float th = dot(strand, h); float shine = pow(max(1. - th * th, 0.), 28.) * max(dot(n, key_dir) + .25, 0.);
  vec3 c = a * (KEY * 1.9 * d * s + FILL * .5 * AO * max(dot(n, FILL_DIR) * .6 + .4, 0.) + ambient(n) * .9 * AO
     + RIM * (.8 * max(dot(n, RIM_R), 0.) + .6 * max(dot(n, RIM_L), 0.)));
  c += (a * 1.4 + .012) * KEY * shine * s * .55;
  o = vec4(tone(c), opacity * (above > 0. ? 1. : smoothstep(0., 1., alpha / cutoff)));
}"""

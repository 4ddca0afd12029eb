"""GLSL of the renderer. Light is baked per vertex (bake.py) and turned with the surface; all sums are in linear RGB, toned once."""

VERTEX = """#version 330
uniform mat4 camera; uniform vec2 opened;
in vec3 position; in vec3 normal;
in vec2 uv; in float occlusion; in vec3 home; in vec3 home_normal; in vec3 rest_light; in vec3 open_light; in vec2 region; in float border;
out vec3 P; out vec3 N; out vec2 T; out float AO; out vec3 H; out vec3 N0; out vec3 B; out float E; invariant gl_Position;
void main() {
  P = position; N = normal; T = uv; AO = occlusion; H = home; N0 = home_normal; E = border;
  B = mix(rest_light, open_light, clamp(dot(region, opened), 0., 1.));
  gl_Position = camera * vec4(position, 1);
}"""

# Where each visible point stood in the rest pose, as picture coordinates: the flow the decoder learns to follow.
FLOW = """#version 330
uniform mat4 camera; uniform sampler2D colour; uniform float cutoff;
in vec2 T; in vec3 H; out vec4 o;
void main() {
  if (texture(colour, T).a < cutoff) discard;
  vec4 q = camera * vec4(H, 1); o = vec4(q.xy / q.w, 1, 1);
}"""

DEPTH = """#version 330
uniform sampler2D colour; uniform float cutoff;
in vec2 T;
void main() { if (texture(colour, T).a < cutoff) discard; }"""

BACKDROP_VERTEX = """#version 330
in vec2 corner; in vec2 place; out vec2 T; void main() { T = place * .5 + .5; gl_Position = vec4(corner, .9999, 1); }"""
BACKDROP = """#version 330
uniform sampler2D picture; in vec2 T; out vec4 o; void main() { o = vec4(texture(picture, T).rgb, 1); }"""

COMMON = """#version 330
uniform vec3 eye; uniform sampler2D colour; uniform vec3 tint; uniform float cutoff;
uniform vec3 key_dir; uniform float opacity;
in vec3 P; in vec3 N; in vec2 T; in float AO; in vec3 H; in vec3 N0; in vec3 B; in float E; out vec4 o;
const vec3 KEY = vec3(1.0, .955, .90), FILL = vec3(.90, .95, 1.0), RIM = vec3(.95, .97, 1.0);
const vec3 FILL_DIR = normalize(vec3(.80, .12, .62)), RIM_R = normalize(vec3(.62, .35, -.72)), RIM_L = normalize(vec3(-.72, .30, -.66));
vec3 to_linear(vec3 c) { return pow(c, vec3(2.2)); }
// A film's curve: 0.18 stays middle grey, highlights roll off, bright colours lose some saturation as on film.
vec3 tone(vec3 c) {
  c = max(c, 0.); float grey = dot(c, vec3(.2126, .7152, .0722)); c = mix(c, vec3(grey), .35 * smoothstep(.5, 2.5, grey));
  c = pow(c, vec3(1.16)); c = c / (c * .97 + .555); return pow(clamp(c * 1.03, 0., 1.), vec3(1. / 2.2));
}
float wrap(float d, float w) { return max(0., (d + w) / ((1. + w) * (1. + w))); }
// What the lamps would give a surface with this normal, without shadows. Baked light times the change of this follows every fold.
vec3 open_sky(vec3 n) {
  return KEY * wrap(dot(n, key_dir), .45) + FILL * .28 * wrap(dot(n, FILL_DIR), .5) + vec3(.16) + vec3(.06) * n.y;
}
// How much of the key lamp comes through here, 0 to 1: baked light against the open sky's. No shadow map is drawn per frame.
float key_share() { return smoothstep(.22, .46, dot(B, vec3(.4, .4, .2)) / dot(open_sky(normalize(N0)), vec3(.4, .4, .2))); }
vec3 baked(vec3 n) { return B * clamp(open_sky(n) / open_sky(normalize(N0)), .45, 1.8); }
float ggx(vec3 n, vec3 v, vec3 l, float rough, float f0) {
  vec3 h = normalize(v + l); float a = rough * rough, nh = max(dot(n, h), 0.), nl = max(dot(n, l), 0.), nv = max(dot(n, v), .05);
  float d = a * a / (3.1416 * pow(nh * nh * (a * a - 1.) + 1., 2.)); float k = a * .5;
  float g = 1. / (nl * (1. - k) + k) / (nv * (1. - k) + k); float f = f0 + (1. - f0) * pow(1. - max(dot(v, h), 0.), 5.);
  return d * g * f * .25 * nl;
}
uniform sampler2D patches;                                  // smooth noise that tiles
"""

SKIN = COMMON + """
uniform vec3 gloss_gain; uniform float saturation; uniform vec3 scalp;
void main() {
  vec3 tex = texture(colour, T).rgb; vec3 n = normalize(N), v = normalize(eye - P);
  float grey = dot(tex, vec3(.33)); vec3 dx = dFdx(P), dy = dFdy(P);              // pores from the map's own brightness
  float hx = dFdx(grey), hy = dFdy(grey); vec3 r1 = cross(dy, n), r2 = cross(n, dx); float det = dot(dx, r1);
  vec3 grad = sign(det) * (hx * r1 + hy * r2); vec3 b = normalize(abs(det) * n - .010 * grad);
  float redness = (tex.r - tex.g) / max(tex.r, .01), lips = clamp((redness - gloss_gain.y) * 7., 0., 1.) * gloss_gain.z;
  vec3 a = to_linear(tex); a = mix(vec3(dot(a, vec3(.3, .5, .2))), a, saturation) * tint;
  float patchy = texture(patches, T * 9.).r * .6 + texture(patches, T * 31.).r * .4;                       // skin is never evenly pink, nor evenly oily
  a *= mix(vec3(1.), vec3(1.025, .985, .97), (patchy - .5) * .5);
  a = mix(scalp, a, mix(.05, 1., E));
  vec3 light = max(baked(b), max(vec3(.34) * (1. - E), vec3(.062, .036, .031))); float s = key_share(); float open = clamp(dot(B, vec3(.4)) * 2.2, 0., 1.);
  vec3 c = a * light * 1.92;
  float rough = mix(mix(.40, .58, patchy), .30, lips);
  float spec = gloss_gain.x * mix(1., 1.5, lips);
  c += KEY * s * open * spec * (.80 * ggx(b, v, key_dir, rough, .028) + .35 * ggx(b, v, key_dir, rough * .62, .028));
  float edge = 1. - max(dot(n, v), 0.); edge *= edge; edge *= edge;               // rims and fill at grazing angles
  c += open * spec * AO * (FILL * .05 + RIM * (.22 * max(dot(n, RIM_R) + .35, 0.) + .18 * max(dot(n, RIM_L) + .35, 0.))) * edge;
  o = vec4(tone(c), 1);
}"""

CLOTH = COMMON + """
void main() {
  vec4 t = texture(colour, T); if (t.a < cutoff) discard; vec3 n = normalize(N), v = normalize(eye - P); if (dot(n, v) < 0.) n = -n;
  float weave = texture(patches, T * 22.).r;
  vec3 a = to_linear(t.rgb) * tint * (.93 + .14 * weave); vec3 c = a * baked(n) * 1.95;
  float sheen = pow(1. - max(dot(n, v), 0.), 3.); c += (a + .01) * sheen * .5 * B;
  o = vec4(tone(c), 1);
}"""

EYES = COMMON + """
uniform vec3 centres[2]; uniform vec4 lids; uniform vec3 iris;
void main() {
  vec4 t = texture(colour, T); if (t.a < .3) discard;
  int k = H.x > 0. ? 0 : 1; vec3 c0 = centres[k]; float lid = k == 0 ? lids.x : lids.y; float low = k == 0 ? lids.z : lids.w;
  vec3 n = normalize(P - c0), v = normalize(eye - P);
  vec3 a = to_linear(t.rgb); float sat = max(max(a.r, a.g), a.b) - min(min(a.r, a.g), a.b);
  float bright = dot(a, vec3(.3, .5, .2)); float white = smoothstep(.16, .42, bright) * (1. - smoothstep(.10, .25, sat));
  vec3 ball = mix(vec3(bright), a, .75) * vec3(1.02, .99, .97), ring = mix(vec3(bright), a, .8) * iris;
  a = mix(ring, ball, white);
  float top = smoothstep(-.004, .042, lid - P.y), under = smoothstep(-.004, .016, P.y - low);          // the lids shade the ball
  float side = smoothstep(.0, .35, AO);
  vec3 light = KEY * (.20 + .52 * max(dot(n, key_dir) * .6 + .4, 0.)) + FILL * .14 * max(dot(n, FILL_DIR) * .6 + .4, 0.);
  vec3 c = a * light * 1.25 * mix(.34, 1., top) * mix(.62, 1., under) * mix(.45, 1., side);
  vec3 r = reflect(-v, n); float spark = smoothstep(.950, .978, dot(r, normalize(vec3(-.34, .46, .82))));
  c += KEY * spark * .95 * mix(.35, 1., top); c += FILL * .010 * smoothstep(.60, .99, dot(r, normalize(vec3(.5, -.25, .8))));
  c += vec3(.30, .28, .27) * (1. - smoothstep(.0, .009, P.y - low)) * .35;                             // the wet line on the lower lid
  o = vec4(tone(c), 1);
}"""

MOUTH = COMMON + """
uniform float mouth_depth; uniform float gloss; uniform float opening;
void main() {
  vec4 t = texture(colour, T); if (t.a < cutoff) discard; vec3 n = normalize(N), v = normalize(eye - P); if (dot(n, v) < 0.) n = -n;
  vec3 a = to_linear(t.rgb) * tint;
  float depth = clamp((mouth_depth - P.z) / .34, 0., 1.);                         // light falls off quickly behind the lips
  float light = mix(1., .04, pow(depth, .75)) * mix(.55, 1., smoothstep(0., .6, opening));
  vec3 c = a * light * (KEY * .62 * max(dot(n, key_dir) * .5 + .5, 0.) + FILL * .20 + .10);
  c += gloss * light * KEY * ggx(n, v, normalize(key_dir + vec3(0, -.2, .5)), .30, .035);
  o = vec4(tone(c), 1);
}"""

STRAND_ALPHA = """
uniform float wisps;
float strand_alpha(vec4 t, float facing, float border) {     // outlines and the hairline thin out strand by strand
  float thin = smoothstep(.02, .30, facing + (t.r - .5) * .35) * smoothstep(.05, .75, border + (t.r - .5) * .9);
  return t.a * mix(1., thin, wisps);
}
"""

# First the opaque strands' depth alone, so that each pixel is shaded for its foremost layers only.
HAIR_DEPTH = """#version 330
uniform vec3 eye; uniform sampler2D colour; uniform float cutoff; uniform float opacity;
in vec3 P; in vec3 N; in vec2 T; in float E;
""" + STRAND_ALPHA + """
void main() { if (strand_alpha(texture(colour, T), abs(dot(normalize(N), normalize(eye - P))), E) * opacity < cutoff) discard; }"""

HAIR = COMMON + STRAND_ALPHA + """
uniform vec3 strand;
void main() {
  vec4 t = texture(colour, T); vec3 n = normalize(N), v = normalize(eye - P); if (dot(n, v) < 0.) n = -n;
  float grain = t.r; float alpha = strand_alpha(t, dot(n, v), E) * opacity;
  vec3 a = to_linear(vec3(mix(.5, grain, .85))) / .218 * tint;
  vec3 along = normalize(strand - n * dot(strand, n) + 1e-4);
  vec3 c = a * baked(n) * 1.9;
  float shift = (grain - .5) * .55;
  vec3 t1 = normalize(along + n * (shift + .06)), t2 = normalize(along + n * (shift - .18));
  vec3 h = normalize(key_dir + v); float h1 = dot(t1, h), h2 = dot(t2, h), facing = smoothstep(-.1, .5, dot(n, key_dir));
  float one = pow(max(1. - h1 * h1, 0.), 70.), two = pow(max(1. - h2 * h2, 0.), 18.);
  float lum = dot(B, vec3(.33)) * wisps;
  c += KEY * facing * lum * (one * (tint * 1.2 + .02) * (.4 + grain) + two * (tint * 1.6 + .008) * .55 * grain);
  vec3 hr = normalize(RIM_R + v), hl = normalize(RIM_L + v); float q1 = dot(along, hr), q2 = dot(along, hl);
  c += RIM * (tint + .015) * lum * (.5 * pow(max(1. - q1 * q1, 0.), 14.) * max(dot(n, RIM_R), 0.) + .4 * pow(max(1. - q2 * q2, 0.), 14.) * max(dot(n, RIM_L), 0.));
  o = vec4(tone(c), smoothstep(0., 1., min(alpha / cutoff, 1.)));
}"""

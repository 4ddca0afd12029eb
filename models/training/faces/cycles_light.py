"""Runs inside Blender: light that falls on every vertex, by Cycles' path tracing: blender -b -P cycles_light.py -- IN.npz OUT.npz

IN holds for each part verts_<part> [n, 3] (decimetres, y up), triangles_<part> [t, 3] and uvs_<part> [t, 3, 2], for skin and hair
the path of a picture, and `face` [3], the point the lamps look at. OUT holds light_<part> [n, 3]: diffuse light with subsurface
scattering, shadows and bounces, without the surface's own colour (linear RGB).
"""
import sys

import bpy
import numpy as np
from mathutils import Vector

LAMPS = (  # place from the face, watts, diameter, colour: a large soft key, fill, two rims, a bounce from below
    ((-5.0, -7.5, 3.8), 1050, 5.0, (1.0, .955, .90)), ((7.0, -6.5, .8), 260, 6.0, (.90, .95, 1.0)),
    ((4.0, 6.0, 2.5), 330, 3.0, (1.0, .97, .93)), ((-5.0, 5.0, 2.2), 240, 3.0, (.88, .94, 1.0)),
    ((0.0, -6.5, -4.5), 120, 4.0, (1.0, .95, .92)))
WORLD = (.42, .47, .55), .20


def turned(points):
    """MakeHuman's y up to Blender's z up."""
    return np.stack([points[:, 0], -points[:, 2], points[:, 1]], 1)


def lamp(face, place, watts, size, colour):
    light = bpy.data.lights.new("lamp", "AREA")
    light.energy, light.size, light.color, light.shape = watts, size, colour, "DISK"
    thing = bpy.data.objects.new("lamp", light)
    thing.location = face + Vector(place)
    thing.rotation_euler = (face - thing.location).to_track_quat("-Z", "Y").to_euler()
    bpy.context.collection.objects.link(thing)


def material(part, colour, picture):
    m = bpy.data.materials.new(part)
    m.use_nodes = True
    surface = m.node_tree.nodes["Principled BSDF"].inputs
    surface["Base Color"].default_value = (*colour, 1)
    surface["Roughness"].default_value, surface["Specular"].default_value = .9, .05
    if part == "skin":
        surface["Subsurface"].default_value = 1
        surface["Subsurface Radius"].default_value = (.050, .020, .011)
        surface["Subsurface Color"].default_value = (*colour, 1)
    if picture:
        node = m.node_tree.nodes.new("ShaderNodeTexImage")
        node.image = bpy.data.images.load(picture)
        m.node_tree.links.new(node.outputs["Alpha"], surface["Alpha"])
    return m


def build(part, data):
    verts, triangles = turned(data["verts_" + part]), data["triangles_" + part]
    mesh = bpy.data.meshes.new(part)
    mesh.from_pydata(verts.tolist(), [], triangles.tolist())
    mesh.uv_layers.new().data.foreach_set("uv", data["uvs_" + part].astype(np.float32).ravel())
    mesh.polygons.foreach_set("use_smooth", np.ones(len(triangles), bool))
    mesh.color_attributes.new("light", "FLOAT_COLOR", "POINT")
    mesh.materials.append(material(part, tuple(data["colour_" + part].tolist()), str(data["picture_" + part])))
    thing = bpy.data.objects.new(part, mesh)
    bpy.context.collection.objects.link(thing)
    return thing


def baked(thing):
    for other in bpy.context.scene.objects:
        other.select_set(other is thing)
    bpy.context.view_layer.objects.active = thing
    thing.data.color_attributes.active_color_index = 0
    bpy.ops.object.bake(type="DIFFUSE", pass_filter={"DIRECT", "INDIRECT"}, target="VERTEX_COLORS")
    light = np.empty(4 * len(thing.data.vertices), np.float32)
    thing.data.color_attributes["light"].data.foreach_get("color", light)
    return light.reshape(-1, 4)[:, :3]


def main(source, target):
    data = np.load(source)
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    things = {part: build(part, data) for part in data["parts"]}
    face = Vector(turned(data["face"][None])[0])
    for each in LAMPS:
        lamp(face, *each)
    world = bpy.data.worlds.new("world")
    world.use_nodes = True
    back = world.node_tree.nodes["Background"].inputs
    back[0].default_value, back[1].default_value = (*WORLD[0], 1), WORLD[1]
    scene = bpy.context.scene
    scene.world = world
    scene.render.engine = "CYCLES"
    scene.cycles.samples = int(data["samples"])
    scene.cycles.use_denoising = scene.cycles.use_adaptive_sampling = False
    scene.cycles.max_bounces, scene.cycles.diffuse_bounces, scene.cycles.transparent_max_bounces = 6, 3, 16
    scene.cycles.sample_clamp_indirect = 4
    np.savez(target, **{"light_" + str(p): baked(things[p]) for p in data["baked"]})


if __name__ == "__main__":
    main(*sys.argv[sys.argv.index("--") + 1:])

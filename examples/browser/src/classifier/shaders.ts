// WGSL of the picture. `surface` is the tensor's own buffer.
const view = /* wgsl */ `
struct View {
  worldToClip: mat4x4f,
  background: vec4f,          // a: strength of the surface
  ink: vec4f,
  classColours: array<vec4f, 3>,
  pixels: vec2f,              // of the canvas
  radius: f32,                // of a point, in pixels
  classes: u32,
  side: u32,                  // of the surface
  start: u32,                 // of the tensor in its buffer, in elements
}
@group(0) @binding(0) var<uniform> view: View;
`

export const surfaceShader = /* wgsl */ `
${view}
@group(0) @binding(1) var<storage, read> surface: array<f32>;

struct Corner { @builtin(position) position: vec4f, @location(0) at: vec2f }

// One triangle that covers the canvas; at: 0 to 1 from the lower left.
@vertex fn corner(@builtin(vertex_index) i: u32) -> Corner {
  let at = vec2f(f32((i << 1) & 2), f32(i & 2));
  return Corner(vec4f(at * 2 - 1, 0, 1), at);
}

fn probability(x: u32, y: u32, class_: u32) -> f32 {
  return surface[view.start + (y * view.side + x) * view.classes + class_];
}

@fragment fn colour(in: Corner) -> @location(0) vec4f {
  let place = clamp(in.at, vec2f(0), vec2f(1)) * f32(view.side - 1);
  let low = min(vec2u(place), vec2u(view.side - 2));
  let part = place - vec2f(low);
  var mixed = vec3f(0);
  var first = 0.0;
  var second = 0.0;
  for (var c = 0u; c < view.classes; c++) {
    let below = mix(probability(low.x, low.y, c), probability(low.x + 1, low.y, c), part.x);
    let above = mix(probability(low.x, low.y + 1, c), probability(low.x + 1, low.y + 1, c), part.x);
    let p = mix(below, above, part.y);
    mixed += p * view.classColours[c].rgb;
    second = max(second, min(first, p));
    first = max(first, p);
  }
  let lead = first - second;  // 0 on the line between two classes
  let line = 1 - smoothstep(0.0, 1.5, lead / max(fwidth(lead), 1e-5));
  let sure = mix(0.35, 1.0, smoothstep(0.0, 0.8, lead));
  let covered = mix(view.background.rgb, mixed, view.background.a * sure);
  return vec4f(mix(covered, view.ink.rgb, 0.8 * line), 1);
}
`

export const pointShader = /* wgsl */ `
${view}
struct Dot { @builtin(position) position: vec4f, @location(0) at: vec2f, @location(1) @interpolate(flat) label: i32 }

// Two triangles around each point; at: in pixels from its middle.
@vertex fn corner(
  @builtin(vertex_index) i: u32,
  @location(0) position: vec2f,
  @location(1) label: i32,
) -> Dot {
  let around = array(vec2f(-1, -1), vec2f(1, -1), vec2f(-1, 1), vec2f(-1, 1), vec2f(1, -1), vec2f(1, 1));
  let at = around[i] * (view.radius + 2);
  let middle = view.worldToClip * vec4f(position, 0, 1);
  return Dot(middle + vec4f(at * 2 / view.pixels, 0, 0), at, label);
}

@fragment fn colour(in: Dot) -> @location(0) vec4f {
  let distance = length(in.at);
  let inside = 1 - smoothstep(view.radius - 1.8, view.radius - 0.8, distance);
  let alpha = 1 - smoothstep(view.radius, view.radius + 1, distance);
  return vec4f(mix(view.ink.rgb, view.classColours[in.label].rgb, inside), 1) * alpha;
}
`

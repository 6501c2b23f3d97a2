// @tt/autograd/testing: the kit that compares gradients on a backend with those on the reference backend.
export { gradientConformance } from './gradient-conformance.ts'
export { families as gradientFamilies } from './samples/index.ts'
export type { Leaf, Results, Sample as GradientSample } from './samples/sample.ts'

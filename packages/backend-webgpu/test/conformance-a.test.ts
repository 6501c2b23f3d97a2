// The first part of the conformance kit, and the check of the skip list.
import { conformanceTests } from './conformance.ts'

const others = ['math', 'logarithm', 'matmul', 'extremes', 'sort']
conformanceTests({}, (family) => !others.includes(family))

// The backend computes what the reference backend does: the kit of @tt/tensor, under Node's own test runner.
import test from 'node:test'
import { conformance } from '@tt/tensor/testing'
import { createMinimalBackend } from '../src/index.ts'

for (const { name, run } of conformance({ create: createMinimalBackend })) test(name, run)

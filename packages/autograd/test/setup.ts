// The device for the tests of this package.
import { registerBackend } from '@tt/autograd'
import '@tt/backend-cpu'
import { createReferenceBackend } from '@tt/tensor/testing'

registerBackend(createReferenceBackend()) // a second one, for copies between devices

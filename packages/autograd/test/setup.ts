// The device for the tests of this package.
import '@tt/backend-cpu'

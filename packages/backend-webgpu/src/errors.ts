// The error of a GPU that went away.
import { TtError } from '@tt/tensor'

/**
 * The GPU device was lost or destroyed: its memory is gone, and everything that uses it throws this.
 * Call init() again for a new device and load the state_dict that was saved last.
 */
export class DeviceLostError extends TtError {
  /** 'destroyed' or 'unknown', as WebGPU says. */
  readonly reason: string

  constructor(op: string, device: string, reason: string, message: string) {
    super(
      op,
      `device '${device}' must be alive, got one that was lost (${reason}${message === '' ? '' : `: ${message}`}). ` +
        'Call init() again and restore from a saved state',
    )
    this.reason = reason
  }
}

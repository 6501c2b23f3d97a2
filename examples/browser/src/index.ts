// What this browser has, on the first page.
import { adapterName } from './adapter.ts'

const show = (id: string, text: string): void => {
  document.getElementById(id)!.textContent = text
}

show('isolated', crossOriginIsolated ? 'yes' : 'no: the cpu backend runs on one thread')
const adapter = await navigator.gpu?.requestAdapter()
show('adapter', adapter ? adapterName(adapter.info) : 'none here: the classifier runs on the CPU')

// What this browser has, on the first page.
const show = (id: string, text: string): void => {
  document.getElementById(id)!.textContent = text
}

show('isolated', crossOriginIsolated ? 'yes' : 'no: the cpu backend runs on one thread')
const adapter = await navigator.gpu?.requestAdapter()
show(
  'adapter',
  adapter ? adapter.info.description || adapter.info.vendor : 'none here: the pages fall back to the CPU',
)

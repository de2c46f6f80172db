/**
 * A file that is dropped where nothing takes it would be opened by the browser in the place of the page. Returns what
 * ends this.
 */
export function refuseStrayDrops(): () => void {
  function refuse(event: DragEvent) {
    if (event.defaultPrevented || !event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'none'
  }
  for (const kind of ['dragover', 'drop'] as const) window.addEventListener(kind, refuse)
  return () => {
    for (const kind of ['dragover', 'drop'] as const) window.removeEventListener(kind, refuse)
  }
}

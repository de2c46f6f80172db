/** Where to go after coming in: a path of ours, and never an address that a link of a stranger names. */
export function ownPath(wanted: string | undefined): string {
  if (!wanted?.startsWith('/')) return '/'
  const here = 'https://kontor.invalid'
  try {
    const { origin, pathname, search } = new URL(wanted, here)
    if (origin !== here || doors.some((door) => pathname.startsWith(door))) return '/'
    return pathname + search
  } catch {
    return '/'
  }
}

/** Pages that have nothing for whoever is in. */
const doors = ['/signin', '/setup', '/invite', '/reset', '/forgot']

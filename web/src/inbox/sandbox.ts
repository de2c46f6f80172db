/** Where the sandbox's phones are when Kontor runs on this machine (design 5); null anywhere else. */
export function sandboxAddress(hostname = location.hostname): string | null {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(hostname) ? 'http://127.0.0.1:8090/' : null
}

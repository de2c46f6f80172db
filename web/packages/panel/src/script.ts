import { define } from './element'

// What /embed/embed.js is: it takes Kontor's address from its own. A module has no currentScript; then the
// element needs the attribute `server`.
const src = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : ''
define(src ? new URL(src).origin : '')

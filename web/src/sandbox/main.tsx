import { start } from '../frame/start'
import type { Catalogues } from '../i18n/language'
import { SandboxPage } from './SandboxPage'

const catalogues = import.meta.glob('../{frame,sandbox}/messages/*.po') as Catalogues

await start(<SandboxPage />, catalogues)

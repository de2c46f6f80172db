import { RouterProvider } from '@tanstack/react-router'
import { start } from './frame/start'
import type { Catalogues } from './i18n/language'
import { router } from './routes'

const catalogues = import.meta.glob('./{frame,errors,inbox,attention,settings}/messages/*.po') as Catalogues

await start(<RouterProvider router={router} />, catalogues)

import { RouterProvider } from '@tanstack/react-router'
import { start } from './frame/start'
import type { Catalogues } from './i18n/language'
import { router } from './routes'

const catalogues = import.meta.glob(
  './{frame,errors,signin,inbox,order,search,listing,mentions,keysheet,attention,settings,team}/messages/*.po',
) as Catalogues

/** Their words come with their pages (`withWords` in routes.tsx). */
const later = [
  'signin',
  'order',
  'search',
  'listing',
  'mentions',
  'keysheet',
  'attention',
  'settings',
  'team',
]

await start(<RouterProvider router={router} />, catalogues, later)

export { define, type ExpiredDetail, type KontorPanelElement, type PanelEvents } from './element'
export type { Expiry, Theme } from './protocol'

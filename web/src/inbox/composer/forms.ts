/** What is composed in a form, as one part that is fetched when it is needed. */
export { ButtonsDialog } from './ButtonsDialog'
export { ContactsDialog } from './ContactsDialog'
export { ListDialog } from './ListDialog'
export { LocationDialog } from './LocationDialog'

declare module 'virtual:emoji/*' {
  const names: readonly (readonly [sign: string, name: string, others: string])[]
  export default names
}

import { Check } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { cn } from './cn'
import { Kbd } from './Kbd'

interface MenuProps {
  /** The button that opens it: Button or IconButton. */
  trigger: ReactElement
  children: ReactNode
  side?: 'top' | 'right' | 'bottom' | 'left'
  align?: 'start' | 'center' | 'end'
  /** For a menu that a key opens too. */
  open?: boolean
  onOpenChange?: (open: boolean) => void
}

/** A short list of actions behind a button. Not modal, so the page stays readable behind it. */
export function Menu({ trigger, children, side = 'bottom', align = 'end', open, onOpenChange }: MenuProps) {
  return (
    <Radix.Root modal={false} open={open} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-52 animate-appear overflow-y-auto rounded-field border border-line bg-surface p-1 shadow-e2"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

const row =
  'flex min-h-8.5 cursor-default select-none items-center gap-2.5 rounded-key px-2.5 text-second outline-none data-highlighted:bg-hover pointer-coarse:min-h-11'

interface MenuItemProps {
  /** The menu then closes, unless the event is prevented. */
  onSelect: (event: Event) => void
  icon?: ReactNode
  keys?: string
  /** For what destroys. */
  danger?: boolean
  children: ReactNode
}

/** One action: a verb and its object. */
export function MenuItem({ onSelect, icon, keys, danger = false, children }: MenuItemProps) {
  return (
    <Radix.Item onSelect={onSelect} className={cn(row, danger && 'text-bad')}>
      {icon}
      <span className="flex-1">{children}</span>
      {keys ? <Kbd>{keys}</Kbd> : null}
    </Radix.Item>
  )
}

interface MenuChoiceProps<Value extends string> {
  label: string
  value: Value
  onChange: (value: Value) => void
  options: readonly { value: Value; label: ReactNode; lang?: string }[]
}

/** One of several, under a heading; the chosen one has a tick. */
export function MenuChoice<Value extends string>({
  label,
  value,
  onChange,
  options,
}: MenuChoiceProps<Value>) {
  return (
    <Radix.Group>
      <Radix.Label className="px-2.5 pt-2 pb-1 text-meta text-text3">{label}</Radix.Label>
      <Radix.RadioGroup value={value} onValueChange={(next) => onChange(next as Value)}>
        {options.map((option) => (
          <Radix.RadioItem
            key={option.value}
            value={option.value}
            lang={option.lang}
            // Stays open, so that a theme can be tried before the menu is left.
            onSelect={(event) => event.preventDefault()}
            className={row}
          >
            <span className="flex-1">{option.label}</span>
            <Radix.ItemIndicator>
              <Check aria-hidden size={15} strokeWidth={2} className="text-ink" />
            </Radix.ItemIndicator>
          </Radix.RadioItem>
        ))}
      </Radix.RadioGroup>
    </Radix.Group>
  )
}

export function MenuLine() {
  return <Radix.Separator className="-mx-1 my-1 h-px bg-line" />
}

interface MenuGlyphsProps {
  /** What choosing one does, for screen readers. */
  name: string
  glyphs: readonly string[]
  chosen?: string
  onSelect: (glyph: string) => void
}

/** A row of single signs, such as emojis; the chosen one is marked and can be chosen again to take it away. */
export function MenuGlyphs({ name, glyphs, chosen, onSelect }: MenuGlyphsProps) {
  return (
    <Radix.Group aria-label={name} className="flex gap-0.5 border-line border-b pb-1">
      {glyphs.map((glyph) => (
        <Radix.CheckboxItem
          key={glyph}
          checked={glyph === chosen}
          onSelect={() => onSelect(glyph)}
          aria-label={`${name} ${glyph}`}
          className="flex size-9 cursor-default select-none items-center justify-center rounded-key text-section outline-none data-[state=checked]:bg-selected data-highlighted:bg-hover data-highlighted:outline-2 data-highlighted:outline-focus pointer-coarse:size-11"
        >
          {glyph}
        </Radix.CheckboxItem>
      ))}
    </Radix.Group>
  )
}

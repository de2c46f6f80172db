import { resolve } from 'node:path'
import { lingui, linguiTransformerBabelPreset } from '@lingui/vite-plugin'
import babel from '@rolldown/plugin-babel'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { rolldown } from 'rolldown'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'
import { emojiNames } from './scripts/emoji.ts'

const here = import.meta.dirname
const product = 'http://127.0.0.1:8080'
const sandbox = 'http://127.0.0.1:8090'

/**
 * sonner writes its style sheet into a <style> tag when it is loaded, which a strict content security policy
 * refuses. The same rules are imported in `src/ui/app.css`, so the call is taken out.
 */
function sonnerWithoutStyleTag(): Plugin {
  return {
    name: 'kontor-sonner-without-style-tag',
    enforce: 'pre',
    transform: {
      filter: { id: /[\\/]sonner[\\/]dist[\\/]index\.mjs/ },
      handler(code) {
        const without = code.replace(/^__insertCSS\(".*"\);?$/m, '')
        if (without === code) throw new Error('sonner has changed: its style tag was not found')
        return { code: without, map: null }
      },
    },
  }
}

/**
 * The script for other systems' pages: the same code as the package, in one classic script of a stable name, which
 * the server gives a version.
 */
function embedScript(): Plugin {
  return {
    name: 'kontor-embed-script',
    apply: 'build',
    async generateBundle() {
      const bundle = await rolldown({
        input: resolve(here, 'packages/panel/src/script.ts'),
        platform: 'browser',
      })
      const { output } = await bundle.generate({ format: 'iife', minify: true })
      await bundle.close()
      this.emitFile({ type: 'asset', fileName: 'embed/embed.js', source: output[0].code })
    },
  }
}

export default defineConfig({
  plugins: [
    embedScript(),
    sonnerWithoutStyleTag(),
    emojiNames(),
    react(),
    lingui({ failOnMissing: true, failOnCompileError: true }),
    babel({ presets: [linguiTransformerBabelPreset()] }),
    tailwindcss(),
  ],
  resolve: {
    alias: {
      '~': resolve(here, 'src'),
      'react-remove-scroll': resolve(here, 'src/ui/remove-scroll.tsx'),
    },
  },
  // The dependency optimiser bundles before plugins run; these two must pass through the lines above.
  optimizeDeps: { exclude: ['sonner'] },
  build: {
    // Where OKLCH and light-dark() exist; older browsers would get a second, untested set of colours.
    target: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        index: resolve(here, 'index.html'),
        sandbox: resolve(here, 'sandbox.html'),
        embed: resolve(here, 'embed.html'),
      },
      output: {
        // Words are named by their area, so that scripts/check-size.ts can tell what comes with the first load.
        chunkFileNames: ({ facadeModuleId }) => {
          const words = /\/src\/(\w+)\/messages\/([\w-]+)\.po/.exec(facadeModuleId ?? '')
          return words ? `assets/words-${words[1]}-${words[2]}-[hash].js` : 'assets/[name]-[hash].js'
        },
        codeSplitting: {
          groups: [
            { name: 'react', test: /[\\/]node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 3 },
            { name: 'tanstack', test: /[\\/]node_modules[\\/]@tanstack[\\/]/, priority: 2 },
            // What only pages share that are opened later is in no first load.
            {
              name: 'shared',
              test: /^(?!.*[\\/](src[\\/](signin|order|embed|team|settings|listing|search|errors[\\/](useForm|FormFailure)|api[\\/](accounts|settings)|inbox[\\/](palette|decide[\\/]DecideButtons|composer[\\/](LimitedField|PlaceFields|TemplatePreview|place|template)|labels[\\/]LabelDialog)|ui[\\/](Checkbox|CopyButton|Field|FilterChip|Meter|SearchInput|Select|Switch|TextInput|Textarea)\.)|@radix-ui[\\/]react-(checkbox|switch)[\\/]))/,
              minShareCount: 2,
              priority: 1,
            },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': product,
      '/openapi.json': product,
      '/sandbox/': sandbox,
      '^/v\\d': sandbox,
    },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.{ts,tsx}', 'packages/*/src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/test/setup.ts'],
  },
})

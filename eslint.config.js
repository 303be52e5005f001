import eslint from '@eslint/js'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['dist/', '.tap/', '.cache/', 'try/'] },
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // Indexing by a number that a loop has just bounded is clearer with `!` than with a branch that cannot happen.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      'no-console': 'error',
    },
  },
  {
    files: ['test/**'],
    rules: {
      // tap waits for its tests itself, and a test that returns a promise ends without a call of `t.end`.
      '@typescript-eslint/no-floating-promises': ['error', { allowForKnownSafeCalls: [{ from: 'package', package: 'tap', name: 'test' }] }],
      '@typescript-eslint/require-await': 'off',
    },
  },
  // A program that somebody begins with says what it does.
  { files: ['src/client/examples/**'], rules: { 'no-console': 'off' }, languageOptions: { globals: { console: false, process: false } } },
  { files: ['eslint.config.js'], extends: [tseslint.configs.disableTypeChecked] },
)

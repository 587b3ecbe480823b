" Qi: highlighting.
if exists('b:current_syntax')
  finish
endif

syntax case match
" What names and keywords are made of.
syntax iskeyword @,48-57,_,+,-,*,/,%,<,>,=,!,?,&,$,.,:,192-255

syntax match qiSymbol /\k\+#\=/ contains=NONE transparent
syntax match qiNumber /\%(\k\)\@<!-\=\d[0-9_]*\%(\.[0-9_]*\)\=\%([eE][-+]\=\d\+\)\=/
syntax match qiKeyword /\%(\k\)\@<!:\k\+/
syntax keyword qiConstant nil true false
syntax match qiHead /(\@1<=\k\+/
syntax match qiForm /(\@1<=\%(and\|comment\|cond\|defer\|defn-\|defn\|def\|do\|export\|flow\|fn\|go\/parallel-do\|go\/run\|go\/select\|go\|if-let\|if\|let\|loop\|mac\|match\|module\|or\|quote\|recur\|try\|unless\|until-error\|until\|use\|when-let\|when\|while-some\|while\)\%(\k\)\@!/
syntax match qiDefine /(\@1<=\%(defn-\|defn\|def\|mac\|module\)\%(\k\)\@!/ nextgroup=qiDefinition skipwhite
syntax match qiDefinition /\k\+/ contained
syntax match qiPipe /\%(\k\)\@<!\%(||>\||>?\||>\|\~>\)/
syntax match qiArrow /\%(\k\)\@<!\%(->\|=>\)/
syntax match qiArrow /|\ze\s/
syntax match qiGuard /\%(\k\|(\)\@<!when\ze\s/
syntax match qiRest /\%(\S\)\@<!&\%(\S\)\@!\|\.\.\./
syntax match qiQuote /,@\|['`,@]/

syntax match qiEscape /\\\%([ntr0\\"{}]\|u{\x\{1,6}}\)/ contained
syntax match qiBadEscape /\\\%([ntr0\\"{}]\|u{\x\{1,6}}\)\@!./ contained
syntax region qiString start=/"/ skip=/\\./ end=/"/ contains=qiEscape,qiBadEscape,@Spell
syntax region qiString start=/"""/ skip=/\\./ end=/"""/ contains=qiEscape,qiBadEscape,@Spell
syntax region qiFormatted start=/\%(\k\)\@<!f"/ skip=/\\./ end=/"/ contains=qiEscape,qiBadEscape,qiCode,@Spell
syntax region qiFormatted start=/\%(\k\)\@<!f"""/ skip=/\\./ end=/"""/ contains=qiEscape,qiBadEscape,qiCode,@Spell
syntax region qiCode matchgroup=qiBrace start=/{/ end=/}/ contained contains=@qiAll,qiInner
syntax region qiInner start=/\\\="/ end=/\\\="/ contained
syntax region qiMap start=/{/ end=/}/ contained transparent contains=@qiAll,qiInner,qiMap
syntax match qiComment /;.*$/ contains=qiTodo,@Spell
syntax match qiComment /\%^#!.*$/
syntax keyword qiTodo TODO FIXME XXX contained
syntax cluster qiAll contains=qiSymbol,qiNumber,qiKeyword,qiConstant,qiHead,qiForm,qiDefine,qiPipe,qiArrow,qiGuard,qiRest,qiQuote,qiString,qiFormatted,qiComment,qiMap

" A definition at the left margin begins anew: from there on it is known what is a string and what isn't.
syntax sync match qiSync grouphere NONE /^(\%(def\|defn-\=\|mac\)\s/
syntax sync minlines=20 maxlines=300

highlight default link qiNumber Number
highlight default link qiKeyword Constant
highlight default link qiConstant Boolean
highlight default link qiHead Function
highlight default link qiForm Statement
highlight default link qiDefine Statement
highlight default link qiDefinition Function
highlight default link qiPipe Operator
highlight default link qiArrow Operator
highlight default link qiGuard Statement
highlight default link qiRest Operator
highlight default link qiQuote Special
highlight default link qiEscape SpecialChar
highlight default link qiBadEscape Error
highlight default link qiString String
highlight default link qiFormatted String
highlight default link qiInner String
highlight default link qiBrace Delimiter
highlight default link qiComment Comment
highlight default link qiTodo Todo

let b:current_syntax = 'qi'

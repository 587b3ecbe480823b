;;; qi-mode.el --- Major mode for the language Qi  -*- lexical-binding: t; -*-

;; Version: 0.2.0
;; Package-Requires: ((emacs "27.1"))
;; Keywords: languages, lisp

;;; Commentary:

;; Highlighting, indentation, `qi check' as a compile command, and `qi lsp' for eglot.
;;
;;     (add-to-list 'load-path "…/docs/editors/emacs")
;;     (require 'qi-mode)

;;; Code:

(require 'lisp-mode)

(defgroup qi nil "The language Qi." :group 'languages)

(defcustom qi-program "qi" "The program that is qi." :type 'string)

(defconst qi--symbol "\\(?:\\sw\\|\\s_\\)" "What a character of a name matches.")

(defconst qi--forms
  '("and" "comment" "cond" "def" "defer" "defn" "defn-" "do" "export" "flow" "fn" "go" "go/parallel-do" "go/run"
    "go/select" "if" "if-let" "let" "loop" "mac" "match" "module" "or" "quote" "recur" "try" "unless" "until"
    "until-error" "use" "when" "when-let" "while" "while-some")
  "The special forms.")

(defconst qi--bodies "\\`with-\\|\\`test/run\\'"
  "Functions whose arguments stand as the body of a form does.")

(defvar qi-mode-syntax-table
  (let ((table (make-syntax-table)))
    (dolist (range '((?0 . ?9) (?a . ?z) (?A . ?Z))) (modify-syntax-entry range "w" table))
    (dolist (c (string-to-list "+-*/%<>=!?_&$.:#")) (modify-syntax-entry c "_" table))
    (dolist (c (string-to-list "'`,@")) (modify-syntax-entry c "'" table))
    (dolist (c (string-to-list "|~")) (modify-syntax-entry c "." table))
    (modify-syntax-entry ?\; "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?\\ "\\" table)
    (modify-syntax-entry ?\( "()" table)
    (modify-syntax-entry ?\) ")(" table)
    (modify-syntax-entry ?\[ "(]" table)
    (modify-syntax-entry ?\] ")[" table)
    (modify-syntax-entry ?\{ "(}" table)
    (modify-syntax-entry ?\} "){" table)
    table)
  "Syntax of Qi.")

;; Triple-quoted strings and f-strings. In the code part of an f-string, " and \" are quotes of that code: the whole
;; f-string is one string here, from its first quote to its last.
(defun qi--end-of-string (limit triple formatted)
  "Move behind the string whose opening quotes end at point.
To LIMIT if it doesn't end.  TRIPLE: it has three quotes; FORMATTED: it
is an f-string."
  (let ((depth 0) (inner nil) (done nil))
    (while (and (not done) (< (point) limit))
      (let ((c (char-after)))
        (cond
         ((and (> depth 0) (or (eq c ?\") (and (eq c ?\\) (eq (char-after (1+ (point))) ?\"))))
          (setq inner (not inner))
          (forward-char (if (eq c ?\") 1 2)))
         ((eq c ?\\) (goto-char (min limit (+ 2 (point)))))
         ((and formatted (not inner) (eq c ?\{)) (setq depth (1+ depth)) (forward-char))
         ((and (> depth 0) (not inner) (eq c ?\})) (setq depth (1- depth)) (forward-char))
         ((and (= depth 0) (if triple (looking-at-p "\"\"\"") (eq c ?\")))
          (forward-char (if triple 3 1))
          (setq done t))
         (t (forward-char)))))
    done))

(defun qi--propertize (start end)
  "Mark the quotes that the syntax table can't tell between START and END."
  (goto-char start)
  (when (and (bobp) (looking-at-p "#!"))
    (put-text-property (point) (1+ (point)) 'syntax-table (string-to-syntax "<")))
  (let ((state (syntax-ppss start)))
    (when (nth 3 state) (goto-char (nth 8 state))))
  (while (and (< (point) end) (re-search-forward "\\(f?\\)\\(\"\"\"\\|\"\\)\\|;" end t))
    (cond
     ((eq (char-before) ?\;) (end-of-line))
     (t
      (let* ((open (match-beginning 2))
             (triple (= 3 (- (match-end 2) open)))
             (formatted (and (< (match-beginning 1) (match-end 1))
                             (not (memq (char-syntax (or (char-before (match-beginning 1)) ?\s)) '(?w ?_))))))
        (when (or triple formatted)
          (let ((closed (qi--end-of-string (point-max) triple formatted)))
            (put-text-property open (1+ open) 'syntax-table (string-to-syntax "|"))
            (when closed
              (put-text-property (1+ open) (1- (point)) 'syntax-table nil)
              (put-text-property (1- (point)) (point) 'syntax-table (string-to-syntax "|")))))
        (unless (or triple formatted)
          (qi--end-of-string (point-max) nil nil)))))))

(defun qi--code-of-f-string (limit)
  "Find the next { … } in an f-string before LIMIT."
  (let (found)
    (while (and (not found) (re-search-forward "[^\\]\\({\\)" limit t))
      (let* ((brace (match-beginning 1)) (state (save-excursion (syntax-ppss brace))))
        (when (and (eq (nth 3 state) t) (eq (char-before (nth 8 state)) ?f))
          (let ((depth 1) (inner nil))
            (while (and (> depth 0) (< (point) (point-max)))
              (let ((c (char-after)))
                (cond ((eq c ?\") (setq inner (not inner)))
                      (inner nil)
                      ((eq c ?\{) (setq depth (1+ depth)))
                      ((eq c ?\}) (setq depth (1- depth)))))
              (forward-char))
            (set-match-data (list brace (point) brace (point)))
            (setq found t)))))
    found))

(defconst qi-font-lock-keywords
  `((qi--code-of-f-string 0 'default t)
    (,(concat "(\\(defn-?\\|def\\|mac\\|module\\)[ \t]+\\(" qi--symbol "+\\)")
     (1 font-lock-keyword-face) (2 font-lock-function-name-face))
    (,(concat "(" (regexp-opt qi--forms t) "\\_>") 1 font-lock-keyword-face)
    (,(concat "\\_<-?[0-9][0-9_]*\\(?:\\.[0-9_]*\\)?\\(?:[eE][-+]?[0-9]+\\)?\\_>") 0 'qi-number-face)
    (,(concat "\\_<:" qi--symbol "+") 0 font-lock-builtin-face)
    (,(regexp-opt '("nil" "true" "false") 'symbols) 0 font-lock-constant-face)
    ("\\_<\\(?:->\\|=>\\)\\|||>\\||>\\?\\||>\\|~>" 0 'qi-operator-face)
    ("[^(]\\_<\\(when\\)[ \t]" 1 font-lock-keyword-face)
    (,(concat "(\\(" qi--symbol "+\\)") 1 'qi-call-face)
    ("\\\\\\(?:[ntr0\\\"{}]\\|u{[[:xdigit:]]\\{1,6\\}}\\)"
     0 (if (nth 3 (save-excursion (syntax-ppss (match-beginning 0)))) 'qi-escape-face) prepend))
  "What `qi-mode' highlights.")

(defface qi-number-face '((t :inherit font-lock-constant-face)) "Numbers.")
(defface qi-operator-face '((t :inherit font-lock-builtin-face)) "Pipes and arrows.")
(defface qi-call-face '((t :inherit font-lock-variable-name-face)) "What is called.")
(defface qi-escape-face '((t :inherit font-lock-constant-face)) "Escapes in strings.")

(defun qi-indent-function (indent-point state)
  "Two columns for the body of a special form; else below the first argument."
  (goto-char (1+ (elt state 1)))
  (cond
   ((not (eq (char-after (elt state 1)) ?\()) (current-column))
   ((looking-at (concat qi--symbol "+"))
    (let ((head (match-string-no-properties 0)) (open (save-excursion (goto-char (elt state 1)) (current-column))))
      (goto-char (match-end 0))
      (skip-chars-forward " \t")
      (if (or (member head qi--forms) (string-match-p qi--bodies head) (eolp)
                  (looking-at ";") (>= (point) indent-point))
          (+ open 2)
        (current-column))))
   (t (current-column))))

(defun qi--arm-above ()
  "The indentation of the line above if it ends with an arrow."
  (save-excursion
    (forward-line 0)
    (skip-chars-backward " \t\n")
    (when (and (looking-back "[ \t]->" (line-beginning-position)) (not (nth 8 (syntax-ppss))))
      (current-indentation))))

(defun qi-indent-line ()
  "Indent the line; one within a string stays."
  (let* ((arm (qi--arm-above))
         (computed (save-excursion (forward-line 0) (calculate-lisp-indent)))
         (column (cond (arm (+ arm 2)) ((consp computed) (car computed)) (t computed)))
         (behind (- (point-max) (point))))
    (if (not (integerp column))
        'noindent
      (save-excursion (indent-line-to column))
      (when (< (current-column) column) (back-to-indentation))
      (when (> (- (point-max) behind) (point)) (goto-char (- (point-max) behind))))))

;;;###autoload
(define-derived-mode qi-mode prog-mode "Qi"
  "Major mode for the language Qi."
  (setq-local comment-start ";" comment-start-skip ";+ *" comment-use-syntax t)
  (setq-local indent-tabs-mode nil)
  (setq-local indent-line-function #'qi-indent-line lisp-indent-function #'qi-indent-function)
  (setq-local syntax-propertize-function #'qi--propertize)
  (setq-local font-lock-defaults '(qi-font-lock-keywords nil nil nil))
  (setq-local parse-sexp-ignore-comments t)
  (setq-local compile-command (concat qi-program " check")))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.qi\\'" . qi-mode))
;;;###autoload
(add-to-list 'interpreter-mode-alist '("qi" . qi-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs (list 'qi-mode qi-program "lsp")))

(provide 'qi-mode)
;;; qi-mode.el ends here

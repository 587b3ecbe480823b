;; The faces of every character of each sample: a line of JSON each, an array of names; or, of QI_INDENT, the file
;; indented anew.
(require 'json)
(require 'qi-mode)
(defun face-text (place)
  (let ((face (get-text-property place 'face)))
    (mapconcat (lambda (each) (format "%s" each)) (if (listp face) face (list face)) " ")))
(if (getenv "QI_INDENT")
    (progn
      (find-file (getenv "QI_INDENT"))
      (qi-mode)
      (indent-region (point-min) (point-max))
      (write-region nil nil (getenv "QI_OUT") nil 'quiet))
  (let ((samples (with-temp-buffer (insert-file-contents (getenv "QI_SAMPLES")) (goto-char (point-min)) (json-read)))
        (out ""))
    (dolist (sample (append samples nil))
      (with-temp-buffer
        (insert (cdr (assq 'text sample)))
        (qi-mode)
        (font-lock-mode 1)
        (font-lock-ensure)
        (setq out (concat out (json-encode (mapcar #'face-text (number-sequence (point-min) (1- (point-max))))) "\n"))))
    (let ((coding-system-for-write 'utf-8)) (write-region out nil (getenv "QI_OUT") nil 'quiet))))

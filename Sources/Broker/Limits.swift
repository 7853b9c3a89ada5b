/// The bounds of this module, each with its reason.
package enum Limits {
}
